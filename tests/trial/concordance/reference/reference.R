# Makes reference.csv: what R says of agreement, for tests to compare with.
# Debian: apt-get install r-base-core r-cran-psych; then: Rscript reference.R
# cardiac.csv: Bland & Altman 2007 (J Biopharm Stat 17:571), table 1: 12 subjects, 60 pairs of measurements.
library(psych)
out <- data.frame()
add <- function(what, name, value) out[nrow(out) + 1, 1:3] <<- list(what, name, value)

cardiac <- read.csv("cardiac.csv")
cardiac$d <- cardiac$rv - cardiac$ic
parts <- anova(lm(d ~ factor(subject), cardiac))
m <- table(cardiac$subject)
divisor <- (sum(m)^2 - sum(m^2)) / ((length(m) - 1) * sum(m))
within <- parts[2, "Mean Sq"]
between <- (parts[1, "Mean Sq"] - within) / divisor
add("bland_altman", "bias", mean(cardiac$d))
add("bland_altman", "sd_within", sqrt(within))
add("bland_altman", "sd_between", sqrt(between))
add("bland_altman", "lower", mean(cardiac$d) - 1.96 * sqrt(within + between))
add("bland_altman", "upper", mean(cardiac$d) + 1.96 * sqrt(within + between))

icc <- ICC(cardiac[, c("rv", "ic")], lmer = FALSE)$results["Single_random_raters", ]
add("icc_rows", "value", icc[["ICC"]])
means <- aggregate(cbind(rv, ic) ~ subject, cardiac, mean)[, c("rv", "ic")]
icc <- ICC(means, lmer = FALSE)$results["Single_random_raters", ]
add("icc_subjects", "value", icc[["ICC"]])
add("icc_subjects", "low", icc[["lower bound"]])
add("icc_subjects", "high", icc[["upper bound"]])

for (table in list(c(40, 9, 6, 45), c(80, 10, 5, 5), c(3, 2, 4, 291))) {
  found <- cohen.kappa(matrix(table, 2, byrow = TRUE), n.obs = sum(table))
  add(paste("kappa", paste(table, collapse = " ")), "value", found$kappa)
}
out[, 3] <- signif(out[, 3], 12)
names(out) <- c("of", "name", "value")
write.csv(out, "reference.csv", row.names = FALSE, quote = FALSE)
