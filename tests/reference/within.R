# Usage: Rscript within.R DIR DATA   reads NAME.csv in DIR (made by oracle.R) or in DATA and writes
# DIR/within.json: plm's within, between and random-effects (Swamy-Arora) estimates, Hausman's test
# by plm::phtest, and Mundlak's model by lme4 with the Wald test of the contextual effects.
suppressMessages({library(plm); library(lme4); library(jsonlite)})
args <- commandArgs(TRUE)
num <- function(x) I(unname(as.numeric(x)))
tight <- lmerControl(optimizer = "nloptwrap", calc.derivs = FALSE,
                     optCtrl = list(algorithm = "NLOPT_LN_BOBYQA", xtol_rel = 0, xtol_abs = 1e-14,
                                    ftol_rel = 0, ftol_abs = 1e-15, maxeval = 100000))
table <- function(fit) {
  s <- summary(fit)$coefficients
  list(names = I(rownames(s)), estimate = num(s[, 1]), se = num(s[, 2]))
}
one <- function(name, dir, fixed, cluster, means) {
  d <- read.csv(file.path(dir, paste0(name, ".csv")), stringsAsFactors = TRUE)
  d[[cluster]] <- factor(d[[cluster]])
  # Slopes and tests do not depend on where years are counted from; plm's and lme4's digits do.
  if (!is.null(d$year)) d$year <- d$year - 1999
  f <- as.formula(fixed)
  # phtest takes fitted models; the index must be unique, so rows are numbered inside clusters.
  d$row__ <- ave(seq_len(nrow(d)), d[[cluster]], FUN = seq_along)
  p <- pdata.frame(d, index = c(cluster, "row__"))
  within <- plm(f, p, model = "within")
  random <- plm(f, p, model = "random", random.method = "swar")
  test <- phtest(within, random)
  columns <- model.matrix(f, d)[, means, drop = FALSE]
  extra <- apply(columns, 2, function(x) ave(x, d[[cluster]]))
  colnames(extra) <- paste0("m", seq_along(means))
  m <- lmer(as.formula(paste(fixed, "+", paste(colnames(extra), collapse = " + "), "+ (1 |", cluster, ")")),
            cbind(d, extra), control = tight)
  g <- fixef(m)[colnames(extra)]
  wald <- as.numeric(g %*% solve(as.matrix(vcov(m))[colnames(extra), colnames(extra)], g))
  list(formula = paste(fixed, "+ (1 |", cluster, ")"), cluster = cluster,
       within = table(within), between = table(plm(f, p, model = "between")),
       ratio = random$ercomp$sigma2[["id"]] / random$ercomp$sigma2[["idios"]],
       random = num(coef(random)), chisq = test$statistic[["chisq"]], df = test$parameter[["df"]],
       p = as.numeric(test$p.value),
       mundlak = list(terms = I(means), contextual = num(g),
                      se = num(sqrt(diag(as.matrix(vcov(m))))[colnames(extra)]),
                      theta = getME(m, "theta")[[1]], wald = wald,
                      p = pchisq(wald, length(means), lower.tail = FALSE)))
}
sets <- list(
  hsb_ses = one("hsb_ses", args[1], "mAch ~ ses", "school", "ses"),
  exam = one("exam", args[1], "normexam ~ standLRT", "school", "standLRT"),
  mpg = one("mpg", args[2], "hwy ~ displ + year", "class", c("displ", "year")),
  puzzle_161703 = one("puzzle_161703", args[2], "Y ~ X", "ID", "X"),
  high_school_and_beyond = one("high_school_and_beyond", args[2], "math ~ ses + sector", "school", "ses")
)
write_json(sets, file.path(args[1], "within.json"), digits = NA, auto_unbox = TRUE, pretty = TRUE)
