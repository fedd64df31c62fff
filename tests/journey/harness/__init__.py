"""What the journeys are made of: the real sidecar, a scripted model, a raw client, and a parser that is not ours."""
