-- Records what happened, in a write that has drawn its position.
WITH {recording}
SELECT
