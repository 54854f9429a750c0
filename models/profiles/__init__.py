"""Shipped scoring profiles, one TOML file each; a published one never changes."""
