# Usage: Rscript twin.R FILE   reads the twin, exported as CSV (pSHP2, condition, cluster), and
# prints what R says of it: twin.lm.txt, then twin.lmer.txt, beside this script.
suppressMessages(library(lme4))
dat_stim_unstim <- read.csv(commandArgs(TRUE)[1])
dat_stim_unstim$condition <- factor(dat_stim_unstim$condition, levels = c("unstim", "stim"))
print(summary(lm(pSHP2 ~ condition, data = dat_stim_unstim)))
print(summary(lmer(pSHP2 ~ condition + (1 | cluster), data = dat_stim_unstim)))
