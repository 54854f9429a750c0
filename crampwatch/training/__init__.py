"""Training of the learned classifier: labelled nights, simulated or annotated, in; a model folder out."""
