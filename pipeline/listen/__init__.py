"""One song in, one answer out: heard in a worker, judged by the champion, compared with what the champion learned.

Imports nothing by itself: a worker is to load no more than it needs.
"""
