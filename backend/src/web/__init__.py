"""The web app as browsers get it: its files, its page, the map's files, and public rides.

What it tells the app stands in tags of the page (`page.py`); what a page may do, in its policy
(`policy.py`).
"""
