"""The main job on bundled material: no camera, no broker, no configuration."""
