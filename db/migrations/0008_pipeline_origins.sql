-- Where a pipeline came from, which edit was published, and why.
ALTER TABLE app.pipelines ADD COLUMN template_id text, ADD COLUMN published_draft integer;
COMMENT ON COLUMN app.pipelines.published_draft IS 'The draft_version that the published version froze; another draft_version means unpublished changes.';
ALTER TABLE app.pipeline_versions ADD COLUMN note text;
