# Usage: Rscript criterion.R DIR   reads NAME.csv and NAME.json in DIR (made by oracle.R) and writes
# DIR/criterion.json: lme4's profiled REML criterion at fixed values of theta, no optimiser involved.
suppressMessages({library(lme4); library(jsonlite)})
dir <- commandArgs(TRUE)[1]
theta <- c(0, 1e-3, 0.1, 0.5, 1, 2, 10, 100)
one <- function(name) {
  meta <- fromJSON(file.path(dir, paste0(name, ".json")))
  d <- read.csv(file.path(dir, paste0(name, ".csv")), stringsAsFactors = TRUE)
  d[[meta$group]] <- factor(d[[meta$group]])
  f <- as.formula(meta$lmer_formula)
  deviance <- lmer(f, d, REML = TRUE, devFunOnly = TRUE)
  list(theta = theta, criterion = vapply(theta, deviance, 0))
}
names <- c("sleepstudy", "dyestuff", "dyestuff2_singular", "orthodont", "orthodont_interaction",
           "exam", "hsb_ses", "machines", "penicillin_plate")
write_json(sapply(names, one, simplify = FALSE), file.path(dir, "criterion.json"), digits = NA,
           auto_unbox = TRUE, pretty = TRUE)
