//! Operations about keys as such: a random one, the token of a state.

use super::{
    Store,
    trial::{Checked, STORED, Trial, delete, require, set},
};
use crate::sdk::cache::{Op, Reply};

pub(super) async fn random_key_is_a_key(t: &Trial) -> Checked {
    if t.options.store == Store::Exclusive {
        t.expect(Op::RandomKey, Reply::Missing).await?;
    }
    let k = t.key("k");
    t.expect(set(&k, "v"), STORED).await?;
    let drawn = t.value(Op::RandomKey).await?;
    if t.options.store == Store::Exclusive {
        require(drawn == k, || format!("the only key is {k:?}, the random one {drawn:?}"))?;
    }
    Ok(())
}

pub(super) async fn a_token_tells_states_apart(t: &Trial) -> Checked {
    let k = t.key("k");
    let token = || t.value(Op::Token { key: k.clone() });
    let missing = token().await?;
    t.expect(set(&k, "").clone(), STORED).await?;
    let empty = token().await?;
    t.expect(set(&k, "a"), STORED).await?;
    let (a, again) = (token().await?, token().await?);
    t.expect(set(&k, "b"), STORED).await?;
    let b = token().await?;
    require(a == again, || "an unchanged key has two tokens".to_owned())?;
    let tokens = [&missing, &empty, &a, &b];
    let distinct: std::collections::BTreeSet<_> = tokens.iter().collect();
    require(distinct.len() == tokens.len(), || format!("two of four states share a token: {tokens:?}"))?;
    t.expect(delete(&k), Reply::Yes).await
}
