# Makes epil.csv and reference.csv: known answers from R for the tests beside this folder.
#   Rscript reference.R
# Data: Thall and Vail 1990, Biometrics 46:657-671, as in package MASS (epil). R 4.2.2, MASS 7.3-58.2, geepack 1.3.9,
# clubSandwich 0.5.8. The exposure of two weeks a period is that of the trial.
library(MASS); library(geepack); library(clubSandwich)
d <- epil; d$treated <- as.integer(d$trt == "progabide"); d$weeks <- 2
d <- d[order(d$subject, d$period), ]
write.csv(d[, c("subject", "period", "treated", "lbase", "lage", "V4", "weeks", "y")], "epil.csv", row.names = FALSE, quote = FALSE)
rows <- list()
keep <- function(model, name, value) rows[[length(rows) + 1]] <<- data.frame(model = model, name = name, value = sprintf("%.10g", value))
f <- y ~ treated + lbase + lage + V4 + offset(log(weeks))
nb <- glm.nb(f, data = d, control = glm.control(epsilon = 1e-12, maxit = 200))
for (n in names(coef(nb))) { keep("glm.nb", paste0("b.", n), coef(nb)[[n]]); keep("glm.nb", paste0("se.", n), sqrt(diag(vcov(nb)))[[n]]) }
keep("glm.nb", "theta", nb$theta); keep("glm.nb", "loglik", as.numeric(logLik(nb)))
# CR3 is the covariance of Mancl and DeRouen 2001
v <- vcovCR(nb, cluster = d$subject, type = "CR3")
for (n in names(coef(nb))) keep("glm.nb clustered", paste0("se.", n), sqrt(diag(v))[[n]])
po <- glm(f, family = poisson, data = d, control = glm.control(epsilon = 1e-14))
v <- vcovCR(po, cluster = d$subject, type = "CR3")
for (n in names(coef(po))) { keep("poisson clustered", paste0("b.", n), coef(po)[[n]]); keep("poisson clustered", paste0("se.", n), sqrt(diag(v))[[n]]) }
for (corr in c("independence", "exchangeable")) {
  g <- geeglm(f, family = poisson, data = d, id = subject, corstr = corr, control = geese.control(epsilon = 1e-12, maxit = 500))
  s <- summary(g)$coefficients
  for (n in rownames(s)) { keep(paste("geeglm", corr), paste0("b.", n), s[n, 1]); keep(paste("geeglm", corr), paste0("se.", n), s[n, 2]) }
}
write.csv(do.call(rbind, rows), "reference.csv", row.names = FALSE, quote = FALSE)
