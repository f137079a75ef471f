"""Answers to every lesson, for the tests that give them."""

# A wrong answer and a right one, as the address holds them.
ANSWERS = {
    "rows-or-clusters": ("at:56", "at:64.5"),
    "shrinkage": ("at:88", "at:82.4"),
    "tug-of-war": ("at:1.2", "at:0.3"),
    "search": ("1:0.01", "1:0.1,2:2.2,3:100"),
    "standard-errors": ("intercept:5,slope:5", "intercept:33,slope:0.9"),
    "whose-average": ("parent:56,minister:56", "parent:56,minister:65.3"),
    "within-and-between": ("own:2.5,mean:5.9", "own:2.2,mean:3.7"),
    "varying-slopes": ("at:0.8", "at:1.55"),
    "not-gaussian": ("-10:40,10:40", "-10:20,0:60,10:20"),
}
