# Usage: Rscript trailing_blank.R   from this folder, writes trailing_blank.lmer.txt: what lmer
# prints when two labels differ in a trailing blank.
suppressMessages(library(lme4))
dat <- read.csv("trailing_blank.csv")
sink("trailing_blank.lmer.txt")
print(summary(lmer(y ~ flag + (1 | g), data = dat)))
sink()
