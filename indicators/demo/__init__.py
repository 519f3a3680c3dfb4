"""The demo county: invented but consistent figures for Haiyan, so that a fresh installation shows something.

``county`` says where each figure starts and where it goes, ``series`` turns that into whole numbers per
township and month, ``registers`` holds the confirmations, ``workflow`` the states of the reports; ``seeding``
writes all, and is the only one that knows the database. Nothing here is a real figure, except those that the
plan prints and that the demo is built to reproduce.
"""
