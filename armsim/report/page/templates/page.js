"use strict";
(function () {
  // Whatever is folded and belongs on paper is unfolded for it, and folded again afterwards.
  var opened = [];
  window.addEventListener("beforeprint", function () {
    document.querySelectorAll("details.paper:not([open])").forEach(function (one) {
      one.open = true;
      opened.push(one);
    });
  });
  window.addEventListener("afterprint", function () {
    opened.splice(0).forEach(function (one) { one.open = false; });
  });
  // Only what can be scrolled is a stop of the Tab key.
  function stops() {
    document.querySelectorAll(".scroll, .still").forEach(function (one) {
      if (one.scrollWidth > one.clientWidth) { one.tabIndex = 0; } else { one.removeAttribute("tabindex"); }
    });
  }
  window.addEventListener("resize", stops);
  document.addEventListener("toggle", stops, true);
  stops();
  var specs = document.getElementById("specs");
  if (!specs || typeof vegaEmbed !== "function") { return; }
  var all = JSON.parse(specs.textContent);
  document.querySelectorAll(".live").forEach(function (place) {
    var spec = all[place.dataset.chart];
    if (!spec) { return; }
    var figure = place.closest("figure");
    place.hidden = false;
    vegaEmbed(place.querySelector(".canvas"), spec, { actions: false, renderer: "svg" }).then(function () {
      var drawing = place.querySelector("svg");
      drawing.setAttribute("role", "img");
      drawing.setAttribute("aria-label", spec.description);
      figure.classList.replace("drawn", "explored");
    }, function () {
      place.hidden = true;  // the drawn chart stays
    });
  });
})();
