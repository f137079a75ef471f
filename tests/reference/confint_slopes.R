# Usage: Rscript confint_slopes.R DIR   reads NAME.csv and NAME.json in DIR (made by oracle.R) and
# writes DIR/confint_slopes.json: what lme4's confint says of the models with random slopes, by
# the names it gives. Its profile is taken in finer steps than usual, so that the spline through
# them is exact to about 1e-5.
suppressMessages({library(lme4); library(jsonlite)})
dir <- commandArgs(TRUE)[1]
control <- lmerControl(optimizer = "bobyqa", calc.derivs = FALSE, check.conv.singular = "ignore",
                       optCtrl = list(rhobeg = 0.2, rhoend = 1e-10, maxfun = 1e6))
one <- function(name) {
  meta <- fromJSON(file.path(dir, paste0(name, ".json")))
  d <- read.csv(file.path(dir, paste0(name, ".csv")), stringsAsFactors = TRUE)
  d[[meta$group]] <- factor(d[[meta$group]])
  model <- lmer(as.formula(meta$lmer_formula), d, REML = FALSE, control = control)
  profiled <- suppressWarnings(profile(model, signames = FALSE, delta.cutoff = 1 / 32, maxpts = 400))
  bounds <- suppressWarnings(confint(profiled, oldNames = FALSE))
  lapply(split(bounds, factor(rownames(bounds), levels = rownames(bounds))), as.numeric)
}
names <- c("sleepstudy_slopes", "orthodont_slopes")
write_json(sapply(names, one, simplify = FALSE), file.path(dir, "confint_slopes.json"), digits = NA,
           auto_unbox = TRUE, na = "null", pretty = TRUE)
