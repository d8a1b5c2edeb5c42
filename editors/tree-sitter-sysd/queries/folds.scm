[(body) (arguments)] @fold
