"""Fed by Tweets: posts from X, collected into a lake one can trust."""
