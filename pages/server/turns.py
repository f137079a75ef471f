"""One answer at a time.

Python computes in one thread at a time. Answers that start together would interrupt each other
every few milliseconds, and all of them would be late. One after the other, most of a class of a
hundred have theirs in half the time.
"""

import threading

one_at_a_time = threading.Lock()
