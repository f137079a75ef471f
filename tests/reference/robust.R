# Usage: Rscript robust.R DIR DATA   reads NAME.csv in DIR (made by oracle.R) or in DATA and writes
# DIR/robust.json: clubSandwich's cluster-robust standard errors of lm fits in which clusters are
# fitted perfectly, and of lmer fits at the theta that is written beside them.
suppressMessages({library(lme4); library(clubSandwich); library(jsonlite)})
args <- commandArgs(TRUE)
types <- c("CR0", "CR1", "CR1S", "CR2")
num <- function(x) I(unname(as.numeric(x)))
errors <- function(fit, cluster) {
  se <- sapply(types, function(type) num(sqrt(diag(vcovCR(fit, cluster = cluster, type = type)))),
               simplify = FALSE)
  test <- coef_test(fit, vcov = "CR2", cluster = cluster, test = "Satterthwaite")
  c(list(terms = I(rownames(test))), se, list(CR2_df = num(test$df_Satt)))
}
read <- function(dir, name, cluster) {
  d <- read.csv(file.path(dir, paste0(name, ".csv")), stringsAsFactors = TRUE)
  d[[cluster]] <- factor(d[[cluster]])
  d
}
tight <- lmerControl(optimizer = "nloptwrap", calc.derivs = FALSE,
                     optCtrl = list(algorithm = "NLOPT_LN_BOBYQA", xtol_rel = 0, xtol_abs = 1e-14,
                                    ftol_rel = 0, ftol_abs = 1e-15, maxeval = 100000))

sleep <- read(args[1], "sleepstudy", "Subject")
sleep$only <- sleep$Days * (sleep$Subject == "308")
sleep$member <- as.numeric(sleep$Subject == "330")
mpg <- read(args[2], "mpg", "class")
mpg$kind <- mpg$class
ols <- list(
  one_cluster_varies = errors(lm(Reaction ~ Days + only, sleep), sleep$Subject),
  one_cluster_dummy = errors(lm(Reaction ~ Days + member, sleep), sleep$Subject),
  all_cluster_dummies = errors(lm(hwy ~ displ + kind, mpg), mpg$class),
  no_intercept = errors(lm(Reaction ~ 0 + Days, sleep), sleep$Subject)
)

mixed <- list()
add <- function(name, dir, fixed, cluster) {
  d <- read(dir, name, cluster)
  f <- as.formula(paste(fixed, "+ (1 |", cluster, ")"))
  fit <- do.call(lmer, list(formula = f, data = d, control = tight))
  mixed[[name]] <<- c(list(formula = deparse1(f), cluster = cluster, theta = getME(fit, "theta")[[1]],
                           estimates = num(fixef(fit))), errors(fit, d[[cluster]]))
}
add("sleepstudy", args[1], "Reaction ~ Days", "Subject")
add("orthodont_interaction", args[1], "distance ~ age * Sex", "Subject")
add("exam", args[1], "normexam ~ standLRT", "school")
add("hsb_ses", args[1], "mAch ~ ses", "school")
add("mpg", args[2], "hwy ~ displ + year", "class")
add("puzzle_161703", args[2], "Y ~ X", "ID")
add("puzzle_33995_uneven", args[2], "y ~ x", "m")
write_json(list(ols = ols, mixed = mixed), file.path(args[1], "robust.json"), digits = NA,
           auto_unbox = TRUE, pretty = TRUE)
