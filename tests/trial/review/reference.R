# Cohen's kappa and its 95 % interval, for test_agreement.py; R 4.2, vcd 1.4-11 (Debian: r-cran-vcd).
library(vcd)
for (counts in list(c(20, 5, 10, 15), c(118, 5, 2, 2), c(40, 9, 6, 45))) {
  found <- Kappa(matrix(counts, 2, byrow = TRUE))
  cat(sprintf("%.10f %.10f %.10f\n", found$Unweighted[1], confint(found)[1, 1], confint(found)[1, 2]))
}
