"""Deep Q-learning on Gymnasium's CartPole-v1."""
