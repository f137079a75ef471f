# Usage: Rscript three_stories.R   from this folder, prints the slope of x by four models; the data
# are constructed: one site of ten rows runs up, ten sites of two rows lie along a line down.
suppressMessages(library(lme4))
dat <- read.csv("three_stories.csv")
slope <- function(fit) (if (is(fit, "merMod")) fixef(fit) else coef(fit))[["x"]]
cat(sprintf("%.6f\n", c(
  lm = slope(lm(y ~ x, dat)), intercept = slope(lmer(y ~ x + (1 | z), dat)),
  slopes = slope(suppressMessages(lmer(y ~ x + (1 + x | z), dat))),
  uncorrelated = slope(suppressMessages(lmer(y ~ x + (1 + x || z), dat))))), sep = "")
