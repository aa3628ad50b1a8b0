// Shows only the place that the chosen role asks for. Without this module both fields stay visible and the server
// says which one fits.

const role = document.querySelector("#id_role");
const places = [
  { field: document.querySelector("#id_department"), roles: role.dataset.departmentRoles.split(" ") },
  { field: document.querySelector("#id_office"), roles: role.dataset.officeRoles.split(" ") },
];

function showPlaces() {
  for (const { field, roles } of places) {
    const fits = roles.includes(role.value);
    const group = document.querySelector(`#div_${field.id}`);
    group.hidden = !fits;
    if (!fits) {
      field.value = "";
    }
  }
}

role.addEventListener("change", showPlaces);
showPlaces();
