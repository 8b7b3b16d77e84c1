//! The catalogue and its questions over HTTP.

use super::{Answer, Question, query, unit};
use crate::{
    catalogue::{Metric, Unit},
    metrics,
};
use axum::extract::State;
use rialto_kernel::{Locale, Problem, words::said};
use rialto_slice::Host;
use rialto_web::{ApiResult, Caller, Json, Path};
use serde::Serialize;
use utoipa::ToSchema;

/// A metric of the catalogue.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Metric)]
pub struct MetricShown {
    /// Its name.
    pub name: String,
    /// Its title in the caller's language.
    pub title: String,
    /// Its title in every language.
    pub titles: Texts,
    /// What it means, in the caller's language.
    pub definition: String,
    /// The same in every language.
    pub definitions: Texts,
    /// `count`, `ratio` or `money:USD` (minor units).
    pub unit: String,
    /// `additive`, `ratio` or `distinct`.
    pub kind: String,
    /// The formula, for people.
    pub formula: String,
    /// What it can be broken down by.
    pub dimensions: Vec<DimensionShown>,
    /// Where it comes from.
    pub lineage: Lineage,
}

/// A text in both languages.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = MetricTexts)]
pub struct Texts {
    /// English.
    pub en: String,
    /// 简体中文.
    #[serde(rename = "zh-CN")]
    pub zh_cn: String,
}

/// A dimension of a metric.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = MetricDimension)]
pub struct DimensionShown {
    /// The word for it in questions.
    pub name: String,
    /// What a person reads.
    pub title: String,
}

/// Where a number comes from.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = MetricLineage)]
pub struct Lineage {
    /// The metrics it is made of, if it is made of metrics.
    pub metrics: Vec<String>,
    /// The tables read.
    pub tables: Vec<String>,
}

/// The whole catalogue.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MetricList {
    /// Every metric.
    pub items: Vec<MetricShown>,
}

fn shown(metric: &Metric, locale: Locale, money: &str) -> MetricShown {
    let texts = |words: crate::catalogue::Words| Texts { en: words.en.to_owned(), zh_cn: words.zh.to_owned() };
    let dimension = |dimension: crate::catalogue::Dimension| DimensionShown {
        name: dimension.as_str().to_owned(),
        title: dimension.title().of(locale).to_owned(),
    };
    MetricShown {
        name: metric.name.to_owned(),
        title: metric.title.of(locale).to_owned(),
        titles: texts(metric.title),
        definition: metric.definition.of(locale).to_owned(),
        definitions: texts(metric.definition),
        unit: if metric.unit == Unit::Money { money.to_owned() } else { unit_word(metric) },
        kind: metric.kind.as_str().to_owned(),
        formula: said(metric.formula, locale).into_owned(),
        dimensions: metric.dimensions().into_iter().map(dimension).collect(),
        lineage: Lineage {
            metrics: metric.ingredients().iter().map(|part| part.name.to_owned()).collect(),
            tables: metric.tables().into_iter().map(str::to_owned).collect(),
        },
    }
}

fn unit_word(metric: &Metric) -> String {
    if metric.unit == Unit::Ratio { "ratio".to_owned() } else { "count".to_owned() }
}

async fn money(host: &Host, caller: &Caller) -> ApiResult<String> {
    let mut conn = host.store.read(caller.workspace).await?;
    let home = super::home(&mut conn, caller.workspace).await?;
    Ok(metrics::find("revenue").map_or_else(|| "money".to_owned(), |metric| unit(metric, home.currency)))
}

/// Every metric with its definition, unit, formula, dimensions and lineage.
#[utoipa::path(get, path = "/metrics", tag = "measure", summary = "List the metrics catalogue",
    responses((status = 200, body = MetricList), (status = 401), (status = 403)))]
pub(crate) async fn list(State(host): State<Host>, caller: Caller) -> ApiResult<Json<MetricList>> {
    caller.require("measure.read")?;
    let money = money(&host, &caller).await?;
    let items = metrics::catalogue().map(|metric| shown(metric, caller.locale, &money)).collect();
    Ok(Json(MetricList { items }))
}

/// One metric.
#[utoipa::path(get, path = "/metrics/{name}", tag = "measure", summary = "Read a metric's definition",
    params(("name" = String, Path, description = "Such as `revenue`")),
    responses((status = 200, body = MetricShown), (status = 401), (status = 403), (status = 404)))]
pub(crate) async fn read(
    State(host): State<Host>,
    caller: Caller,
    Path(name): Path<String>,
) -> ApiResult<Json<MetricShown>> {
    caller.require("measure.read")?;
    let metric = metrics::find(&name).ok_or_else(|| Problem::not_found("metric"))?;
    Ok(Json(shown(metric, caller.locale, &money(&host, &caller).await?)))
}

/// Ask the catalogue. The one door to numbers.
#[utoipa::path(post, path = "/metrics/query", tag = "measure", summary = "Ask for a metric",
    description = "Also as `POST /metrics:query`.",
    request_body = Question,
    responses((status = 200, body = Answer), (status = 401), (status = 403), (status = 422)))]
pub(crate) async fn ask(
    State(host): State<Host>,
    caller: Caller,
    Json(question): Json<Question>,
) -> ApiResult<Json<Answer>> {
    caller.require("measure.read")?;
    Ok(Json(query(&host, caller.workspace, caller.locale, &question).await?))
}
