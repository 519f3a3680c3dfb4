// The description of the API, shown by Swagger UI; what is tried there is sent as the person who has signed in.

const place = document.getElementById("api-docs");

window.addEventListener("DOMContentLoaded", () => {
  window.SwaggerUIBundle({
    url: place.dataset.schema,
    domNode: place,
    deepLinking: true,
    docExpansion: "list",
    defaultModelsExpandDepth: 0,
    validatorUrl: null,
    persistAuthorization: false, // a token must not stay in the browser
    requestInterceptor: (request) => {
      const own = new URL(request.url, window.location.href).origin === window.location.origin;
      if (own && request.method && request.method !== "GET") request.headers["X-CSRFToken"] = place.dataset.csrf;
      return request;
    },
  });
});
