//! Values on their way into a query: each is bound, none is written.

use rialto_store::Value;

/// Collects values and hands out their placeholders.
#[derive(Debug)]
pub(crate) struct Binder {
    values: Vec<Value>,
}

impl Binder {
    /// Begin with the workspace as `$1`.
    pub(crate) fn new(workspace: rialto_kernel::WorkspaceId) -> Self {
        Self { values: vec![workspace.into()] }
    }

    /// Bind a value; answers its placeholder.
    pub(crate) fn bind(&mut self, value: impl Into<Value>) -> String {
        self.values.push(value.into());
        format!("${}", self.values.len())
    }

    /// Bind many; answers their placeholders with commas between.
    pub(crate) fn bind_list<V: Into<Value>>(&mut self, values: impl IntoIterator<Item = V>) -> String {
        values.into_iter().map(|value| self.bind(value)).collect::<Vec<_>>().join(", ")
    }

    /// The values in order.
    pub(crate) fn into_values(self) -> Vec<Value> {
        self.values
    }
}
