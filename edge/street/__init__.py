"""Streets: from pictures of one camera to what stands, smokes or burns there."""
