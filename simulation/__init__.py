"""Made-up wearers: motor units, cramps, mimics and artefacts, whole nights with known truth."""
