-- The lane after which the next round goes on; no row when this one has come to the last.
WITH RECURSIVE {walk}
SELECT lane FROM (SELECT lane, row_number() OVER (ORDER BY lane) AS step FROM lanes) AS lanes WHERE step = @lanes
