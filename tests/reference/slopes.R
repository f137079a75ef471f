# Usage: Rscript slopes.R DIR   reads NAME.csv in DIR (made by oracle.R), writes two simulated data
# sets of its own, and DIR/slopes.json: what lme4, lmerTest and pbkrtest say of random slopes.
suppressMessages({library(lmerTest); library(jsonlite)})
dir <- commandArgs(TRUE)[1]
# lme4's optimiser pushed as far as it goes, from several starts: the lowest criterion is kept.
control <- lmerControl(
  optimizer = "nloptwrap", calc.derivs = FALSE, check.conv.singular = "ignore",
  optCtrl = list(algorithm = "NLOPT_LN_BOBYQA", xtol_rel = 0, xtol_abs = 1e-14, ftol_rel = 0,
                 ftol_abs = 1e-15, maxeval = 100000))
num <- function(x) unname(as.numeric(x))

# A balanced design whose slopes do not vary, and an unbalanced one with two varying slopes.
set.seed(8)
flat <- expand.grid(z = 0:5, g = letters[1:14])
flat$y <- round(5 + 0.8 * flat$z + rnorm(14)[flat$g] + rnorm(nrow(flat), sd = 1.5), 3)
set.seed(7)
two <- do.call(rbind, lapply(1:25, function(g) {
  n <- 3 + (g * 7) %% 11
  data.frame(g = sprintf("g%02d", g), u = round(rnorm(n, g %% 3), 3), v = round(runif(n, 0, 4), 3))
}))
b <- matrix(rnorm(75), 25) %*% chol(matrix(c(2, 0.8, -0.4, 0.8, 1, 0.1, -0.4, 0.1, 0.5), 3))
k <- as.integer(factor(two$g))
two$y <- round(1 + b[k, 1] + (0.5 + b[k, 2]) * two$u + (b[k, 3] - 0.3) * two$v +
                 rnorm(nrow(two), sd = 0.9), 3)
write.csv(flat[, c("y", "z", "g")], file.path(dir, "flat_slopes.csv"), row.names = FALSE, quote = FALSE)
write.csv(two[, c("y", "u", "v", "g")], file.path(dir, "two_slopes.csv"), row.names = FALSE, quote = FALSE)

criterion <- function(model) num(if (isREML(model)) REMLcrit(model) else deviance(model))
fit <- function(formula, data, reml) {
  environment(formula) <- environment()          # lmerTest evaluates the call again
  best <- lme4::lmer(formula, data, REML = reml, control = control)
  shape <- as.numeric(getME(best, "lower") == 0)
  for (start in c(0.03, 0.1, 0.3, 1, 3, 10)) {
    other <- try(lme4::lmer(formula, data, REML = reml, control = control, start = start * shape), silent = TRUE)
    if (!inherits(other, "try-error") && criterion(other) < criterion(best)) best <- other
  }
  best
}
describe <- function(model, kr) {
  effects <- lme4::ranef(model, condVar = TRUE)[[1]]
  variances <- attr(effects, "postVar")
  if (is.list(variances)) {                      # one array per term
    sds <- do.call(cbind, lapply(variances, function(v) sqrt(v[1, 1, ])))
  } else sds <- t(apply(variances, 3, function(v) sqrt(diag(v))))
  if (length(dim(variances)) == 3 && dim(variances)[1] == 1) sds <- t(sds)
  tested <- as_lmerModLmerTest(model)
  s <- summary(tested)$coefficients
  out <- list(
    names = rownames(s), estimate = num(s[, "Estimate"]), se = num(s[, "Std. Error"]),
    theta = I(num(getME(model, "theta"))), sigma2 = sigma(model)^2,
    criterion = criterion(model), aic = AIC(model), bic = BIC(model),
    levels = rownames(effects), effects = unname(as.matrix(effects)), effect_sds = unname(sds),
    satterthwaite = list(df = num(s[, "df"]), p = num(s[, "Pr(>|t|)"])))
  if (kr) {
    s <- summary(tested, ddf = "Kenward-Roger")$coefficients
    out$kenward_roger <- list(df = num(s[, "df"]), se = num(s[, "Std. Error"]), p = num(s[, "Pr(>|t|)"]))
  }
  out
}
one <- function(file, formula, group, keep = NULL, kr = TRUE) {
  data <- read.csv(file.path(dir, paste0(file, ".csv")), stringsAsFactors = TRUE)
  if (!is.null(keep)) data <- data[seq_len(nrow(data)) %% keep != 0, ]
  data[[group]] <- factor(data[[group]])
  formula <- as.formula(formula)
  reml <- fit(formula, data, TRUE)
  ml <- fit(formula, data, FALSE)
  theta <- getME(reml, "theta")
  at <- list(rep(0.3, length(theta)), seq(0.2, 2, length.out = length(theta)),
             seq(5, -3, length.out = length(theta)) * (getME(reml, "lower") < 0) + (getME(reml, "lower") == 0) * 20)
  functions <- lapply(c(TRUE, FALSE), function(r) lme4::lmer(formula, data, REML = r, devFunOnly = TRUE))
  cat(file, deparse1(formula), "\n")
  list(file = file, formula = deparse1(formula), group = group, drop_every = keep, rows = nrow(data),
       random = unname(ranef_names(reml)),
       at = lapply(at, I), reml_criterion = vapply(at, functions[[1]], 0), ml_deviance = vapply(at, functions[[2]], 0),
       reml = describe(reml, kr), ml = describe(ml, FALSE))
}
ranef_names <- function(model) lapply(model@cnms, I)
cases <- list(
  sleepstudy = one("sleepstudy", "Reaction ~ Days + (1 + Days | Subject)", "Subject"),
  sleepstudy_uncorrelated = one("sleepstudy", "Reaction ~ Days + (1 + Days || Subject)", "Subject"),
  sleepstudy_slope_only = one("sleepstudy", "Reaction ~ Days + (0 + Days | Subject)", "Subject"),
  sleepstudy_unbalanced = one("sleepstudy", "Reaction ~ Days + (1 + Days | Subject)", "Subject", keep = 3),
  orthodont_sex = one("orthodont", "distance ~ age * Sex + (1 + age | Subject)", "Subject"),
  machines = one("machines", "score ~ Machine + (0 + Machine | Worker)", "Worker"),
  machines_contrasts = one("machines", "score ~ Machine + (1 + Machine | Worker)", "Worker"),
  exam = one("exam", "normexam ~ standLRT + (1 + standLRT | school)", "school", kr = FALSE),
  hsb = one("hsb_ses", "mAch ~ ses + (1 + ses | school)", "school", kr = FALSE),
  flat = one("flat_slopes", "y ~ z + (1 + z | g)", "g"),
  flat_uncorrelated = one("flat_slopes", "y ~ z + (1 + z || g)", "g"),
  two = one("two_slopes", "y ~ u + v + (1 + u + v | g)", "g"),
  two_uncorrelated = one("two_slopes", "y ~ u + v + (1 + u + v || g)", "g"),
  two_slopes_only = one("two_slopes", "y ~ u + v + (0 + u + v | g)", "g"))
write_json(cases, file.path(dir, "slopes.json"), digits = NA, auto_unbox = TRUE, null = "null", pretty = FALSE)
