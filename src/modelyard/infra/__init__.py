"""The platform on AWS: its configuration, its components, the plan made offline, and the engine that applies it.

Nothing here is imported by a command before it is called: Pulumi and its SDKs take seconds to load.
"""
