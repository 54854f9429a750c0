"""The overnight service: sensors watched, stored and counted live, through the night, unattended."""
