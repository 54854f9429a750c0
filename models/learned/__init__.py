"""The learned classifier: its inputs, examples, fitting, operating point, model card, file and use.

Nothing is imported here: scikit-learn and skops come in with `classifier`, `fitting` and `storage` alone, so that
scoring by rules starts as fast as before.
"""
