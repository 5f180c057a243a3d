"""One Pulumi component per idea, a folder per layer: `(name, args, opts)`, children parented, outputs registered.

Components import Pulumi and its SDKs and, of ours, only `tags` and `names`.
"""
