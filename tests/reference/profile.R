# Usage: Rscript profile.R DIR   reads NAME.csv and NAME.json in DIR (made by oracle.R) and writes
# DIR/profile.json: 95% profile intervals of the random-intercept model by maximum likelihood, each
# bound solved for with dense matrices and base R. lme4's confint interpolates a spline instead.
# Also, as DIR/profile_slopes.json, what lme4's confint says of some of the models of slopes.json.
suppressMessages({library(lme4); library(jsonlite)})
dir <- commandArgs(TRUE)[1]
one <- function(name) {
  meta <- fromJSON(file.path(dir, paste0(name, ".json")))
  d <- read.csv(file.path(dir, paste0(name, ".csv")), stringsAsFactors = TRUE)
  fixed <- as.formula(meta$fixed)
  y <- model.response(model.frame(fixed, d)); X <- model.matrix(fixed, d); n <- length(y)
  same <- outer(as.character(d[[meta$group]]), as.character(d[[meta$group]]), "==") * 1
  # Deviance at (tau, sigma), minimised over the coefficients of the given columns.
  deviance <- function(tau, sigma, y, X) {
    R <- chol(diag(sigma^2, n) + tau^2 * same)
    yw <- backsolve(R, y, transpose = TRUE)
    rw <- if (ncol(X)) qr.resid(qr(backsolve(R, X, transpose = TRUE)), yw) else yw
    n * log(2 * pi) + 2 * sum(log(diag(R))) + sum(rw^2)
  }
  least <- function(f, at, spread) {             # minimum over a positive number
    g <- function(l) f(exp(l))
    grid <- log(at) + seq(-spread, spread, length.out = 41)
    k <- which.min(vapply(grid, g, 0))
    optimize(g, grid[pmin(pmax(k + c(-1, 1), 1), 41)], tol = 1e-10)$objective
  }
  s0 <- sqrt(meta$ml$sigma2); t0 <- max(s0 * meta$ml$theta, s0 / 50)
  over_both <- function(y, X) {
    f <- function(p) deviance(abs(p[1]), exp(p[2]), y, X)
    p <- optim(c(t0, log(s0)), f, control = list(reltol = 1e-14, maxit = 5000))$par
    for (k in 1:3) p <- optim(p, f, control = list(reltol = 1e-15, maxit = 5000))$par
    min(f(p), f(c(0, p[2])), least(function(s) deviance(0, s, y, X), s0, 3))
  }
  height <- over_both(y, X) + qchisq(0.95, 1)
  solve_for <- function(f, inner, outer) uniroot(function(x) f(x) - height, sort(c(inner, outer)), tol = 1e-11)$root
  of_tau <- function(t) least(function(s) deviance(t, s, y, X), s0, 2)
  of_sigma <- function(s) min(deviance(0, s, y, X), least(function(t) deviance(t, s, y, X), t0, 5))
  tau <- c(if (of_tau(0) <= height) 0 else solve_for(of_tau, t0, 1e-6 * t0), solve_for(of_tau, t0, 20 * max(t0, s0)))
  sigma <- c(solve_for(of_sigma, s0, s0 / 5), solve_for(of_sigma, s0, 5 * s0))
  beta <- lapply(seq_len(ncol(X)), function(k) {
    of_beta <- function(b) over_both(y - X[, k] * b, X[, -k, drop = FALSE])
    centre <- meta$ml$coef[[colnames(X)[k]]]; reach <- 8 * meta$lmm$coef[[colnames(X)[k]]]$se
    c(solve_for(of_beta, centre, centre - reach), solve_for(of_beta, centre, centre + reach))
  })
  cat(name, "\n")
  list(between_sd = tau, residual_sd = sigma, fixed_effects = setNames(beta, colnames(X)))
}
names <- c("dyestuff", "dyestuff2_singular", "machines", "orthodont")
write_json(sapply(names, one, simplify = FALSE), file.path(dir, "profile.json"), digits = NA, auto_unbox = TRUE, pretty = TRUE)

slopes <- function(case) {
  d <- read.csv(file.path(dir, paste0(case$file, ".csv")), stringsAsFactors = TRUE)
  if (!is.null(case$drop_every)) d <- d[seq_len(nrow(d)) %% case$drop_every != 0, ]
  d[[case$group]] <- factor(d[[case$group]])
  control <- lmerControl(optimizer = "bobyqa", calc.derivs = FALSE,
                         optCtrl = list(rhobeg = 0.2, rhoend = 1e-10, maxfun = 1e6))
  model <- lmer(as.formula(case$formula), d, REML = FALSE, control = control)
  bounds <- suppressWarnings(confint(model, quiet = TRUE))
  lapply(split(bounds, factor(rownames(bounds), levels = rownames(bounds))), as.numeric)
}
cases <- fromJSON(file.path(dir, "slopes.json"), simplifyVector = FALSE)
some <- c("sleepstudy", "sleepstudy_uncorrelated", "sleepstudy_unbalanced", "two_slopes_only")
write_json(lapply(cases[some], slopes), file.path(dir, "profile_slopes.json"), digits = NA,
           auto_unbox = TRUE, pretty = TRUE)
