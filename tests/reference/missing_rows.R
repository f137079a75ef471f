# Usage: Rscript missing_rows.R   from this folder, writes missing_rows.lm.txt: how lm names the
# residuals it prints one by one where rows are left out for missing values.
dat <- read.csv("missing_rows.csv")
sink("missing_rows.lm.txt")
print(summary(lm(y ~ x, data = dat)))
sink()
