"""What all families share: their protocol, their layers, and models as folders."""
