//! `outrigger call analytics query`: a command for each question.

mod arguments;
mod pages;
mod show;

use clap::{Subcommand, ValueEnum};
use serde_json::{Value, json};

use self::arguments::{EventArgument, FilterArguments, WHO};
use crate::door::cli::{Exit, arguments::OutputArguments, client::Client};

/// A question about what was delivered.
#[derive(Debug, Subcommand)]
pub enum QueryCommand {
    /// Counts events and people, in all or over time
    #[command(after_help = "Example:\n  counts --event 'Signed Up' --from 7d --every day --zone Europe/Berlin")]
    Counts {
        /// A line for each of these; without it the sum alone
        #[arg(long, value_enum)]
        every: Option<Every>,
        /// Where days begin: an IANA name, or an offset such as +02:00 [default: UTC]
        #[arg(long, allow_hyphen_values = true)]
        zone: Option<String>,
        #[command(flatten)]
        filter: FilterArguments,
    },
    /// Shows which events came most often
    Top {
        /// Most lines, up to 1000
        #[arg(long, default_value_t = 10)]
        limit: u32,
        #[command(flatten)]
        filter: FilterArguments,
    },
    /// Divides events over the values of a property
    #[command(after_help = "Example:\n  breakdown plan --event 'Signed Up' --from 30d")]
    Breakdown {
        /// The property: its name, or a JSON pointer such as /cart/currency
        property: String,
        /// Most values told apart, up to 1000
        #[arg(long, default_value_t = 10)]
        limit: u32,
        #[command(flatten)]
        filter: FilterArguments,
    },
    /// Counts people through steps, in this order, within a time
    #[command(after_help = "Example:\n  funnel page:Pricing 'Signed Up' Paid --window 7d --by plan")]
    Funnel {
        /// The steps, 2 to 16: NAME, TYPE:NAME or TYPE:
        #[arg(required = true, num_args = 2.., value_name = "EVENT")]
        steps: Vec<EventArgument>,
        /// The longest time from the first step to the last, such as 7d
        #[arg(long)]
        window: String,
        /// Divides people over a property of their first step
        #[arg(long, value_name = "PROPERTY")]
        by: Option<String>,
        /// Most values told apart, up to 1000
        #[arg(long, default_value_t = 10, requires = "by")]
        limit: u32,
        #[command(flatten)]
        filter: FilterArguments,
    },
    /// Counts who came back, by when they began
    #[command(after_help = "Example:\n  retention 'Signed Up' Paid --every week --from 60d")]
    Retention {
        /// What makes a beginning: NAME, TYPE:NAME or TYPE:
        #[arg(value_name = "FIRST")]
        first: EventArgument,
        /// What counts as coming back [default: any event]
        #[arg(value_name = "RETURN")]
        back: Option<EventArgument>,
        /// How long a period is; at most 64 of them
        #[arg(long, value_enum, default_value_t = Period::Week)]
        every: Period,
        /// Where days begin: an IANA name, or an offset such as +02:00 [default: UTC]
        #[arg(long, allow_hyphen_values = true)]
        zone: Option<String>,
        #[command(flatten)]
        filter: FilterArguments,
    },
    /// Shows what a user did, newest first
    Timeline {
        /// The user's id, or an anonymous id
        user: String,
        /// Most events, up to 10000
        #[arg(long, default_value_t = 20)]
        limit: u32,
        /// Where the page before ended
        #[arg(long)]
        cursor: Option<String>,
        #[command(flatten)]
        filter: FilterArguments,
    },
    /// Shows the latest events, and goes on with those that come
    Live {
        /// Most events to begin with, up to 10000
        #[arg(long, default_value_t = 20)]
        limit: u32,
        /// Goes on until interrupted
        #[arg(long, short)]
        follow: bool,
        #[command(flatten)]
        filter: FilterArguments,
    },
    /// Prints every event, a line of JSON each, whatever --format says
    Export {
        #[command(flatten)]
        filter: FilterArguments,
    },
    /// Removes a user from every provider that keeps events: events, ids, traits, for ever
    #[command(name = "delete-user")]
    DeleteUser {
        /// The user's id, or an anonymous id; all ids of the same person go too
        user: String,
        /// Says that you mean it
        #[arg(long)]
        yes: bool,
        /// From this provider alone
        #[arg(long, help_heading = WHO)]
        provider: Option<String>,
    },
}

/// The lines of counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Every {
    /// Sixty minutes
    Hour,
    /// A day of the zone
    Day,
    /// From Monday on
    Week,
    /// A calendar month
    Month,
}

/// The periods of retention.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Period {
    /// A day of the zone
    Day,
    /// From Monday on
    Week,
}

pub(super) fn ask(command: QueryCommand, client: &Client, output: OutputArguments) -> Result<Exit, Exit> {
    let (mut question, filter, show): (_, _, fn(&Value, &Value) -> String) = match command {
        QueryCommand::Counts { every, zone, filter } => {
            let interval = every.and_then(|every| every.to_possible_value()).map(|every| every.get_name().to_owned());
            (json!({ "query": "counts", "interval": interval, "zone": zone }), filter, show::counts)
        }
        QueryCommand::Top { limit, filter } => (json!({ "query": "top", "limit": limit }), filter, show::top),
        QueryCommand::Breakdown { property, limit, filter } => {
            (json!({ "query": "breakdown", "by": { "property": property, "limit": limit } }), filter, show::breakdown)
        }
        QueryCommand::Funnel { steps, window, by, limit, filter } => {
            let steps: Vec<_> = steps.iter().map(EventArgument::selector).collect();
            let by = by.map(|property| json!({ "property": property, "limit": limit }));
            (json!({ "query": "funnel", "steps": steps, "window": window, "by": by }), filter, show::funnel)
        }
        QueryCommand::Retention { first, back, every, zone, filter } => {
            let period = if every == Period::Day { "day" } else { "week" };
            let back = back.as_ref().map_or_else(|| json!({}), EventArgument::selector);
            let question = json!({ "query": "retention", "first": first.selector(), "return": back,
                "period": period, "zone": zone });
            (question, filter, show::retention)
        }
        QueryCommand::Timeline { user, limit, cursor, filter } => {
            let question = json!({ "query": "timeline", "user_id": user, "limit": limit, "cursor": cursor });
            (question, filter, show::timeline)
        }
        QueryCommand::Live { limit, follow, filter } => return pages::live(limit, follow, &filter, client, output),
        QueryCommand::Export { filter } => return pages::export(&filter, client, output),
        QueryCommand::DeleteUser { user, yes, provider } => {
            return delete(&user, yes, provider.as_deref(), client, output);
        }
    };
    filter.add_to(&mut question, output)?;
    let answer = client.ask("POST", "/v1/analytics/query", Some(&question))?;
    output.answer(&answer, || show(&question, &answer));
    Ok(Exit::Ok)
}

fn delete(
    user: &str,
    yes: bool,
    provider: Option<&str>,
    client: &Client,
    output: OutputArguments,
) -> Result<Exit, Exit> {
    if !yes {
        let message = format!("everything known of `{user}` would be gone for ever");
        output.error("cli.not_confirmed", &message, Some("add --yes to remove it"));
        return Err(Exit::Failed);
    }
    let from = provider.map(|name| format!("?provider={}", arguments::encode(name))).unwrap_or_default();
    let answer = client.ask("DELETE", &format!("/v1/analytics/users/{}{from}", arguments::encode(user)), None)?;
    output.answer(&answer, || show::removed(&answer));
    Ok(Exit::Ok)
}
