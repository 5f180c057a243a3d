"""An image on Kubernetes: one patch of a Deployment, watched, and taken back from here when it stalls."""
