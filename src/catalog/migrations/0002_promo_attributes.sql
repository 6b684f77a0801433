-- Until now the flag of a feed that does not have it was kept as false. A shop without one flagged attribute has such a feed: its price
-- rules may go on using all of them.
update attribute_metas set data = jsonb_set(data, '{usedForPromoRules}', 'true')
where not exists (select 1 from attribute_metas as flagged where flagged.data ->> 'usedForPromoRules' = 'true');
