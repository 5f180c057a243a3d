"""What happens on GitHub: a repository's settings, comments, the store carried from run to run, proposed updates.

Everything that asks GitHub goes through `connection`, the only importer of PyGithub.
"""
