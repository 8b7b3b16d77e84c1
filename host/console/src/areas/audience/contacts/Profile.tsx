/** What is known of a contact, in cards: each can be changed by itself. */
import type { Schemas } from "@/api/client";
import { Basics } from "./Basics";
import { Identities } from "./Identities";
import { Merges } from "./Merges";
import { Tags } from "./Tags";
import { Traits } from "./Traits";

export function Profile({ profile }: { profile: Schemas["Profile"] }) {
  return (
    <>
      <div className="aside">
        <div>
          <Basics profile={profile} />
          <Tags profile={profile} />
        </div>
        <div>
          <Identities profile={profile} />
          <Traits profile={profile} />
        </div>
      </div>
      <Merges profile={profile} />
    </>
  );
}
