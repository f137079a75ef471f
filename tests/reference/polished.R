# Usage: Rscript polished.R DIR   reads NAME.csv in DIR (made by oracle.R) and writes, as DIR/NAME.polished.lmer.txt,
# what lme4 prints where NAME.lmer.txt is not what the engine should print:
# - models with random slopes: lme4's default optimiser stopped with the fifth digit still wrong, so the
#   optimiser is pushed as far as it goes, from several starts, and the lowest criterion is kept;
# - a singular fit: oracle.R silenced the note that lmer prints by default.
# Made with R 4.2.2 and lme4 1.1-31.
suppressMessages(library(lme4))
dir <- commandArgs(TRUE)[1]
control <- lmerControl(
  optimizer = "nloptwrap", calc.derivs = FALSE,
  optCtrl = list(algorithm = "NLOPT_LN_BOBYQA", xtol_rel = 0, xtol_abs = 1e-14, ftol_rel = 0,
                 ftol_abs = 1e-15, maxeval = 100000))
# What a console shows: the printed text, and messages where they come.
shown <- function(x) capture.output(withCallingHandlers(print(x), message = function(m) {
  cat(conditionMessage(m)); invokeRestart("muffleMessage")
}))
data_of <- function(name, group) {
  dat <- read.csv(file.path(dir, paste0(name, ".csv")), stringsAsFactors = TRUE)
  dat[[group]] <- factor(dat[[group]])
  dat
}
write_printout <- function(name, fit) {
  fit@call$control <- NULL                       # a line of the printout otherwise
  writeLines(shown(summary(fit)), file.path(dir, paste0(name, ".polished.lmer.txt")))
}

starts <- lapply(c(0.03, 0.1, 0.3, 1, 3), function(s) c(s, 0, s))
lowest <- function(fits) fits[[which.min(vapply(fits, REMLcrit, 0))]]

dat <- data_of("sleepstudy_slopes", "Subject")
write_printout("sleepstudy_slopes", lowest(lapply(starts, function(start)
  lmer(Reaction ~ Days + (1 + Days | Subject), dat, start = start, control = control))))

dat <- data_of("orthodont_slopes", "Subject")
write_printout("orthodont_slopes", lowest(lapply(starts, function(start)
  lmer(distance ~ age + (1 + age | Subject), dat, start = start, control = control))))

dat <- data_of("dyestuff2_singular", "Batch")
write_printout("dyestuff2_singular", suppressMessages(lmer(Yield ~ 1 + (1 | Batch), dat)))
