"""English to French with a Transformer: subwords in, attention laid open, subwords out."""
