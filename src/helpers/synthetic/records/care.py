"""Children looked after, missing incidents, and those who left care, as typed tables."""

import numpy as np
import pandas as pd

from helpers.synthetic.place import ENDS, LOCALITIES, timestamps
from helpers.synthetic.records.columns import Ids, made, numbered, until

YES_NO = {"1": "Y", "0": "N"}


def missing(ids: Ids) -> pd.DataFrame:
    incidents = ids.of.incidents
    frame = made(
        "missing_episodes", person_id=ids.child(incidents["child"]), missing_episode_start_date=incidents["start"],
        missing_episode_end_date=incidents["returned"], time_recorded=True, missing_episode_type=incidents["category"],
        missing_from=incidents["where"], reported_by=incidents["reported"], risk_grade=incidents["risk"],
        missing_rhi_offered=incidents["offered"], missing_rhi_offered_date=incidents["offered_at"],
        missing_rhi_accepted=incidents["accepted"], missing_rhi_completed_date=incidents["completed_at"],
        placing_authority=incidents["placed_by"].replace("", pd.NA), exploitation_concern=incidents["concern"],
        locality=np.array(LOCALITIES)[incidents["locality"]],
    )  # fmt: skip
    return numbered(frame, "miss_table_id", "M", ["miss_person_id", "miss_missing_episode_start_date"])


def cla_episodes(ids: Ids) -> pd.DataFrame:
    episodes = ids.of.care.episodes
    over = episodes["end"] <= ENDS
    frame = pd.DataFrame(
        {
            "clae_person_id": ids.child(episodes["child"]),
            "clae_cla_episode_start_date": timestamps(episodes["start"]),
            "clae_cla_episode_start_reason": episodes["why"],
            "clae_cla_episode_ceased_date": until(episodes["end"]),
            "clae_cla_episode_ceased_reason": episodes["reason"].where(over),
            "clae_entered_care_date": timestamps(episodes["entered"]),
            "clae_cla_primary_need_code": episodes["need"],
            "lega_legal_status": episodes["legal"],
            "clap_cla_placement_type": episodes["place"],
            "clap_cla_placement_provider": episodes["provider"],
            "clap_cla_placement_change_reason": episodes["change"].replace("", pd.NA).where(over),
            "clap_cla_placement_urn": episodes["urn"].replace("", pd.NA),
            "clap_cla_placement_postcode": episodes["post"],
            "clae_home_postcode": ids.of.homes[episodes["family"]],
        }
    )
    return numbered(frame, "clae_cla_episode_id", "E", ["clae_person_id", "clae_cla_episode_start_date"])


def cla_reviews(ids: Ids) -> pd.DataFrame:
    reviews = ids.of.returns.reviews
    return made(
        "cla_reviews", person_id=ids.child(reviews["child"]), cla_review_date=timestamps(reviews["day"]),
        cla_review_participation=reviews["code"],
    ).sort_values(["clar_person_id", "clar_cla_review_date"])  # fmt: skip


def cla_outcomes(ids: Ids) -> pd.DataFrame:
    told = ids.of.returns.outcomes
    flags = {
        "convicted": "convicted", "health_check": "health_check", "immunisations": "immunisations", "teeth_check": "teeth",
        "health_assessment": "health", "substance_misuse": "misuse", "intervention_received": "received",
        "intervention_offered": "offered",
    }  # fmt: skip
    return made(
        "cla_outcomes", person_id=ids.child(told["child"]), year=told["year"], sdq_score=pd.to_numeric(told["sdq"]),
        sdq_reason=told["sdq_reason"].replace("", pd.NA), **{name: told[column].map(YES_NO) for name, column in flags.items()},
    ).sort_values(["clao_person_id", "clao_year"])  # fmt: skip


def care_leavers(ids: Ids) -> pd.DataFrame:
    left = ids.of.returns.leavers
    known = left["accommodation"] != "0"
    return made(
        "care_leavers", person_id=ids.child(left["child"]), year=left["year"], care_leaver_in_touch=left["in_touch"],
        care_leaver_accommodation=left["accommodation"].str[0].where(known),
        care_leaver_accom_suitable=left["accommodation"].str[1].map({"1": "Y", "2": "N"}).where(known),
        care_leaver_activity=left["activity"], uasc=np.where(left["unaccompanied"], "Y", "N"),
    ).sort_values(["clea_person_id", "clea_year"])  # fmt: skip
