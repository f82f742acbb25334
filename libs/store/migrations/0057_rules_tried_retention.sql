-- What shadows said is kept as long as the settings say (docs/adr/0021), by whole comparisons; until then nobody changes it.
drop trigger append_only on evaluate.shadow_decision;
create trigger append_only before update on evaluate.shadow_decision for each row execute function store.refuse_change();
