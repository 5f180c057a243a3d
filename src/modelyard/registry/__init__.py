"""The registry: the only importer of mlflow. Runs, versions, their lineage; aliases follow the routing."""
