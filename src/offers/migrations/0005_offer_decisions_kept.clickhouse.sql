-- Models learn from the last thirty days; older choices are kept for comparisons of a quarter.
alter table offer_decisions {{onCluster}} modify ttl toDateTime(ts) + interval 90 day;
