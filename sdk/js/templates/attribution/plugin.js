// @ts-check
// @TITLE@: credits every touch of a converting path alike.

class Fit {
  constructor(channels) {
    this.conversions = new Array(channels).fill(0);
    this.value = new Array(channels).fill(0);
  }

  static start(_settings, channels) {
    return new Fit(channels.length);
  }

  /** @param {import("./rialto").Paths} paths */
  observe(paths) {
    for (let path = 0; path + 1 < paths.offset.length; path++) {
      const [from, to] = [paths.offset[path], paths.offset[path + 1]];
      for (let touch = from; touch < to; touch++) {
        this.conversions[paths.channel[touch]] += paths.conversions[path] / (to - from);
        this.value[paths.channel[touch]] += paths.value[path] / (to - from);
      }
    }
  }

  /** @returns {import("./rialto").Credits} */
  credit() {
    return { conversions: this.conversions, value: this.value, options: [] };
  }
}

export const model = { Fit };
