"""Values: from the words of a mention to what they mean. Pure functions."""
